import { useQuery } from '@tanstack/react-query';
import { availableQuery, datasetsQuery } from '../../../api/queries';
import { className, count, pictures } from '../../../lib/format';
import { warnings } from './warnings';

/** Every set, with its categories, where it comes from, and what to beware of; one of them first. */
export function Sets({ first }: { first: string }) {
  const datasets = useQuery(datasetsQuery).data ?? [];
  const available = useQuery(availableQuery).data ?? [];
  const all: Described[] = [
    ...datasets,
    ...available.map((set) => ({ ...set, classes: set.classes.map((name) => ({ name })) })),
  ];
  return (
    <>
      <p>
        The networks have seen about a million photographs of a thousand kinds of things (ImageNet), collected from the web:
        more than a hundred of these kinds are dogs, and much of the world is missing. What is like them is told
        apart finely, the rest coarsely. Many sets show things of the same kinds, so that networks do better on them than
        they would on pictures of yours.
      </p>
      {all.toSorted((a, b) => Number(b.name === first) - Number(a.name === first)).map((set) => <Set key={set.name} set={set} />)}
    </>
  );
}

interface Described {
  name: string;
  title: string;
  description: string;
  images: number;
  licence: string;
  source: string;
  /** The sizes are known of a set that is here. */
  classes: { name: string; images?: number }[];
}

function Set({ set }: { set: Described }) {
  const { name, title, description, images, licence, source, classes } = set;
  const beware = warnings(name, classes);
  return (
    <section className="guide__set" aria-label={title}>
      <h3>{title} <span>{pictures(images)}</span></h3>
      {description === '' ? null : <p>{description}.</p>}
      {classes.length === 0 ? null : (
        <p>
          {count(classes.length)} {classes.length === 1 ? 'category' : 'categories'}:{' '}
          {classes.map((c) => `${className(c.name)}${c.images === undefined ? '' : ` (${count(c.images)})`}`).join(', ')}.
        </p>
      )}
      {source === '' ? null : <p>Source: {source.startsWith('http') ? <a className="cds--link" href={source} rel="noreferrer">{source}</a> : source}.</p>}
      <p>Licence: {licence === '' ? 'not known' : licence}.</p>
      {beware.length === 0 ? null : <ul>{beware.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>}
    </section>
  );
}
