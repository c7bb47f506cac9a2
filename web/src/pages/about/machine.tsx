import { useQuery } from '@tanstack/react-query';
import { aboutQuery, datasetsQuery, modelsQuery } from '../../api/queries';
import { Trouble } from '../../components/trouble';
import { count, pictures } from '../../lib/format';

/** What runs here, and what it has. */
export function Machine() {
  const about = useQuery(aboutQuery);
  const models = useQuery(modelsQuery).data;
  const datasets = useQuery(datasetsQuery).data;
  if (about.error) return <Trouble error={about.error} onRetry={() => void about.refetch()} />;
  const { version, commit, go, platform, cpu_level: kernels, threads, data } = about.data ?? {};
  const installed = models?.filter(({ weights }) => weights === 'embedded' || weights === 'installed').length;
  const images = datasets?.reduce((sum, set) => sum + set.images, 0);
  const facts: [string, string | undefined][] = [
    ['Version', version],
    ['Built from', commit],
    ['With', go],
    ['Running on', platform],
    ['Kernels', kernels],
    ['Threads', threads === undefined ? undefined : count(threads)],
    ...(data === '' ? [] : [['Data', data] satisfies [string, string | undefined]]),
    ['Models', models && `${count(models.length)}, of which ${count(installed ?? 0)} can be used now`],
    ['Datasets', datasets && `${count(datasets.length)}, with ${pictures(images ?? 0)}`],
  ];
  return (
    <dl>
      {facts.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value ?? '\u00a0'}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The program's version. */
export function Version() {
  return useQuery(aboutQuery).data?.version ?? '';
}
