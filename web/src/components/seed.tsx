interface SeedProps {
  id: string;
  seed: number;
  onChange: (seed: number) => void;
}

/** The seed of what chance has a part in: taken when it is left or on Enter. Give it its seed as the key. */
export function Seed({ id, seed, onChange }: SeedProps) {
  const take = (text: string) => {
    const next = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(next) && next >= 0 && next !== seed) onChange(next);
  };
  return (
    <div className="cds--form-item">
      <label className="cds--label" htmlFor={`choose-${id}`}>Seed</label>
      <input
        id={`choose-${id}`}
        className="cds--text-input cds--layout--size-md"
        inputMode="numeric"
        pattern="[0-9]*"
        defaultValue={seed}
        onBlur={(event) => { take(event.target.value); }}
        onKeyDown={(event) => { if (event.key === 'Enter') take(event.currentTarget.value); }}
      />
    </div>
  );
}
