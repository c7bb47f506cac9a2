import { Select, SelectItem, SelectItemGroup } from '@carbon/react';
import type { Choice } from '../api/types';

type Option = Pick<Choice, 'name' | 'title'> & { description?: string; group?: string };

interface ChooseProps {
  id: string;
  label: string;
  value: string;
  choices: Option[] | undefined;
  onChange: (value: string) => void;
}

/** A native choice in Carbon's clothes. A value that is not among the choices is shown all the same. */
export function Choose({ id, label, value, choices, onChange }: ChooseProps) {
  const known = choices?.find(({ name }) => name === value);
  return (
    <Select
      id={`choose-${id}`}
      labelText={label}
      size="md"
      value={value}
      title={known?.description}
      disabled={choices === undefined}
      onChange={(event) => { onChange(event.target.value); }}
    >
      {known ? null : <SelectItem value={value} text={value} />}
      {grouped(choices ?? []).map(([group, members]) => {
        const items = members.map(({ name, title }) => <SelectItem key={name} value={name} text={title} />);
        return group === '' ? items : <SelectItemGroup key={group} label={group}>{items}</SelectItemGroup>;
      })}
    </Select>
  );
}

/** The choices by their groups, both in the order in which they come; those of no group under ''. */
function grouped(choices: Option[]): [string, Option[]][] {
  const groups = new Map<string, Option[]>();
  for (const choice of choices) {
    const group = choice.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), choice]);
  }
  return [...groups];
}
