import { Download } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { ScoresRow } from '../../../api/types';
import { layerKey } from '../../../api/rows';
import { modelsQuery, optionsQuery } from '../../../api/queries';
import { useAnnounce } from '../../../components/announcer';
import { Choose } from '../../../components/choose';
import { Trouble } from '../../../components/trouble';
import { csv } from '../../../lib/csv';
import { download } from '../../../lib/download';
import { count } from '../../../lib/format';
import { useChangePart, useChangeView } from '../../../state/use-view';
import '../../../styles/scores.scss';
import { canSearch, depthOf } from '../compare/charts';
import { NotCompared } from '../compare/not-compared';
import { Progress } from '../compare/progress';
import { Uninstalled } from '../compare/uninstalled';
import { layers, layerTitle } from '../compare/words';
import { classesOf, legendOf } from '../map/classes';
import { Legend } from '../map/legend';
import type { PanelProps } from '../panels';
import { WaysOut } from '../ways-out';
import { Distribution } from './distribution';
import { highestOf } from './heaps';
import { ScoresTable } from './scores-table';
import { greatest, isGreatest, scoresTable } from './table';
import { useScores } from './use-scores';

/** How good every indexed layer is with each picture of the set as the query. */
export function ScoresPanel(props: PanelProps) {
  if (props.dataset.classes.length === 0) {
    return (
      <p className="compare__note">
        No picture of this set has a category, so nothing tells right results from wrong ones. A folder with one
        sub-folder for each category has them.
      </p>
    );
  }
  return <Scores key={props.dataset.name} {...props} />;
}

function Scores({ view, dataset, model }: PanelProps) {
  const change = useChangeView();
  const changeScores = useChangePart('scores');
  const models = useQuery(modelsQuery).data ?? [];
  const { metrics: further, model: chosen, classes: only } = view.scores;
  const metrics = useMemo(() => [view.metric, ...further.filter((metric) => metric !== view.metric)], [view.metric, further]);
  const scores = useScores(view, metrics, dataset.version);
  const { first, rows, running, ended, progress } = scores;
  const current = { model: model.name, layer: view.layer ?? model.default_layer };

  const charted = first.filter((row) => row.model === (chosen ?? model.name));
  const classes = useMemo(() => classesOf(dataset), [dataset]);
  const legend = useMemo(
    () => legendOf(dataset, classes, dataset.images.flatMap(({ class: name }, i) => (name === '' ? [] : [i]))),
    [dataset, classes],
  );
  const shown = useMemo(() => (only === null ? null : new Set(only)), [only]);
  const highest = Math.max(0, ...charted.map((row) => highestOf(row.scores, classes, shown)));
  const open = useCallback((index: number) => { change({ query: { kind: 'image', index } }); }, [change]);

  const sentence = bestOf(models, first);
  const announce = useAnnounce();
  useEffect(() => {
    if (ended) announce(`${layers(rows.length)} scored. ${sentence}`);
  }, [announce, ended, rows.length, sentence]);
  const file = [dataset.name, 'scores', ...metrics].join('-');

  return (
    <div className="compare">
      <Distances metrics={metrics} own={view.metric} onChange={(chosenMetrics) => { changeScores({ metrics: chosenMetrics.filter((metric) => metric !== view.metric) }); }} />
      <Progress
        told={`${layers(rows.length)} scored${progress ? `, ${count(progress.done)} of ${count(progress.total)} queries` : ''}`}
        ended={ended}
        running={running}
        onCancel={scores.cancel}
        onAgain={scores.again}
      />
      {scores.error ? (
        <Trouble error={scores.error} onRetry={scores.again}>
          <WaysOut view={view} error={scores.error} />
        </Trouble>
      ) : null}
      {sentence === '' ? null : <p className="compare__best">{running ? `So far: ${sentence}` : sentence}</p>}
      {first.length > 0 ? (
        <>
          <div className="scores__choose">
            <Choose
              id="scores-model"
              label="Layers of"
              value={chosen ?? model.name}
              choices={models.filter(canSearch).map(({ name, title }) => ({ name, title }))}
              onChange={(name) => { changeScores({ model: name === model.name ? null : name }); }}
            />
          </div>
          {charted.length === 0 ? <p className="compare__note">No layer of this model is scored.</p> : null}
          <div className="scores__frame">
            <div className="scores__charts">
              {charted.map((row) => (
                <Distribution
                  key={layerKey(row)}
                  row={row}
                  title={shortTitle(models.find(({ name }) => name === row.model), row.layer)}
                  current={layerKey(row) === layerKey(current)}
                  classes={classes}
                  shown={shown}
                  highest={highest}
                  dataset={dataset}
                  onOpen={open}
                />
              ))}
            </div>
            <Legend label="Categories of the scores" entries={legend} shown={shown} onShow={(positions) => { changeScores({ classes: positions }, true); }} />
          </div>
          <ScoresTable
            rows={rows}
            models={models}
            view={view}
            current={current}
            answerable={dataset.classes.some(({ images }) => images > 1)}
          />
          <div className="scores__downloads">
            <Button
              kind="ghost"
              size="sm"
              renderIcon={Download}
              onClick={() => { download(new Blob([csv(scoresTable(rows))], { type: 'text/csv' }), `${file}.csv`); }}
            >
              Table as CSV
            </Button>
            <Button
              kind="ghost"
              size="sm"
              renderIcon={Download}
              disabled={!ended}
              title="With the score of every picture"
              onClick={() => { download(new Blob([JSON.stringify(scores.answers)], { type: 'application/json' }), `${file}.json`); }}
            >
              All scores as JSON
            </Button>
          </div>
        </>
      ) : null}
      {scores.missing?.map((missing) => {
        const other = models.find(({ name }) => name === missing.model);
        return other ? (
          <section key={`${missing.model} ${missing.reason}`} className="chart" aria-label={other.title}>
            <h3 className="scores__missing">{other.title}</h3>
            <NotCompared missing={missing} model={other} view={view} images={dataset.images.length} onIndexed={scores.again} />
          </section>
        ) : null;
      })}
      <Uninstalled models={models} view={view} />
    </div>
  );
}

interface DistancesProps {
  metrics: readonly string[];
  /** The distance of the view, which is always among them. */
  own: string;
  onChange: (further: string[]) => void;
}

/** The distances that layers are scored by. */
function Distances({ metrics, own, onChange }: DistancesProps) {
  const choices = useQuery(optionsQuery).data?.metrics ?? [];
  return (
    <fieldset className="scores__distances">
      <legend>Scored by</legend>
      {choices.map(({ name, title }) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={metrics.includes(name)}
            disabled={name === own}
            onChange={({ target }) => {
              onChange(choices.map((choice) => choice.name).filter((other) => (other === name ? target.checked : metrics.includes(other))));
            }}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function shortTitle(model: Parameters<typeof depthOf>[0] | undefined, layer: string): string {
  const depth = model ? depthOf(model, layer) : null;
  return depth === null ? layer : `layer ${depth}, ${layer}`;
}

/** Which layer is best on the whole, as a sentence; "" while there is none. */
function bestOf(models: Parameters<typeof layerTitle>[0], rows: readonly ScoresRow[]): string {
  if (rows.length === 0) return '';
  const most = greatest(rows).weighted_score;
  const best = rows.filter((row) => isGreatest(row.weighted_score, most));
  if (best.length === 0) return 'No layer ever found a picture of the query’s category.';
  const names = best.map((row) => layerTitle(models, row)).join('; ');
  return `On the whole ${best.length === 1 ? 'the best is' : 'these are best'}: ${names}, with a mean score of ${most.toFixed(1)} %.`;
}
