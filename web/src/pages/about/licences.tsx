import { useQuery } from '@tanstack/react-query';
import { availableQuery, datasetsQuery, modelsQuery } from '../../api/queries';
import type { ModelSummary } from '../../api/types';

/** Under which licences networks and pictures come. */
export function Licences() {
  const models = useQuery(modelsQuery).data ?? [];
  const datasets = useQuery(datasetsQuery).data ?? [];
  const available = useQuery(availableQuery).data ?? [];
  return (
    <section className="about__licences" aria-labelledby="licences">
      <h2 id="licences">Licences</h2>
      <p>The program is free software under the Apache License 2.0. What it shows and runs keeps its own licences.</p>
      <div className="about__tables">
        <Table
          caption="Weights of the models"
          heads={['Licence', 'Models']}
          rows={byLicence(models).map(([licence, titles]) => [licence, licence === '' ? 'not known' : licence, titles.join(', ')])}
        />
        <Table
          caption="Pictures of the datasets"
          heads={['Dataset', 'Licence', 'Source']}
          rows={[...datasets, ...available].map(({ name, title, licence, source }) => [name, title, licence, source])}
        />
      </div>
    </section>
  );
}

/** The models of each licence, in the order of the models. */
function byLicence(models: readonly ModelSummary[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { licence, title, weights } of models) {
    groups.set(licence, [...groups.get(licence) ?? [], weights === 'embedded' ? `${title} (built in)` : title]);
  }
  return [...groups];
}

interface TableProps {
  caption: string;
  heads: string[];
  /** A key, then a cell for each head; empty ones are not known. */
  rows: string[][];
}

function Table({ caption, heads, rows }: TableProps) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map(([key, title, ...cells]) => (
          <tr key={key}>
            <th scope="row">{title}</th>
            {cells.map((cell, i) => <td key={i}>{cell === '' ? 'not known' : <Cell text={cell} />}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ text }: { text: string }) {
  if (!/^https?:/.test(text)) return text;
  return <a className="cds--link" href={text} rel="noreferrer">{text.replace(/^https?:\/\/(www\.)?/, '').split('/')[0]}</a>;
}
