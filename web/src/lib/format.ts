const whole = new Intl.NumberFormat('en');

/** 12345 becomes 12,345. */
export function count(n: number): string {
  return whole.format(n);
}

/** "1 picture", "204 pictures". */
export function pictures(n: number): string {
  return `${count(n)} ${n === 1 ? 'picture' : 'pictures'}`;
}

/** 4652008 becomes 4.7 M, 3584 becomes 3.6 k. */
export function short(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(1)} M`;
  if (n >= 1e3) return `${(n / 1e3).toFixed(1)} k`;
  return String(n);
}

/** A size in bytes: "0.3 MB", "102 MB". */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : count(Math.round(size))} MB`;
}

/** Two decimals, or two significant digits where two decimals would say 0.00. */
export function similarity(value: number): string {
  if (value === 0 || Math.abs(value) >= 0.1) return value.toFixed(2);
  return value.toPrecision(2);
}

/** A length of time for people: "0.8 ms", "12 s", "3 min". */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** A file path's last part. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A class as people read it: carnivore_mammal becomes carnivore mammal. */
export function className(name: string): string {
  return name === '' ? 'no category' : name.replaceAll('_', ' ');
}

/** A file name as people read it: adelaide-rosella.jpg becomes adelaide rosella. */
export function pictureName(path: string): string {
  return fileName(path).replace(/\.[a-z0-9]+$/i, '').replaceAll(/[_-]+/g, ' ');
}

/** The alternative text of a picture: its class and its file's name. */
export function altText(picture: { class: string; file: string }): string {
  const file = fileName(picture.file);
  return picture.class === '' ? file : `${className(picture.class)}, ${file}`;
}
