import { ChevronLeft, ChevronRight, Download, PlayFilledAlt, Renew, Search, StopFilledAlt } from '@carbon/icons-react';
import { Button, Slider } from '@carbon/react';
import { useEffect, useState, type ReactNode } from 'react';
import { frameAddress, renderingAddress } from '../../api/addresses';
import { exported } from '../../api/site';
import type { Layer, Rendering } from '../../api/types';
import { useAnnounce } from '../../components/announcer';
import { Choose } from '../../components/choose';
import { CopyLink } from '../../components/copy-link';
import { Seed } from '../../components/seed';
import { Trouble } from '../../components/trouble';
import { ViewLink } from '../../components/view-link';
import { count, duration } from '../../lib/format';
import { writeExplore, type Explore } from '../../state/explore';
import { useChangeExplore } from '../../state/use-explore';
import { defaults, writeSearch } from '../../state/view';
import { channelsOf } from './layers';
import { Options } from './options';
import type { Live } from './use-rendering';
import { subjectOf, valueName } from './words';

interface ChannelProps {
  view: Explore;
  layer: Layer;
  live: Live;
  /** Ways out of an error. */
  children?: ReactNode;
}

/** The chosen channel, large: its picture while it sharpens, and all that can be done with it. */
export function Channel({ view, layer, live, children }: ChannelProps) {
  const change = useChangeExplore();
  const { progress, stop, go } = live;
  const { recipe } = view;
  const what = subjectOf(view, layer.name);
  const channels = Math.max(channelsOf(layer), 1);
  useSaid(progress.kind, what);
  const busy = progress.kind === 'waiting' || progress.kind === 'running';
  const rendering = progress.kind === 'done' ? progress.result : null;

  return (
    <section className="channel" aria-label="The chosen channel">
      <div className="channel__picture" aria-busy={busy}>
        {progress.kind === 'failed'
          ? <div className="channel__trouble"><Trouble error={progress.error} onRetry={go}>{children}</Trouble></div>
          : <Picture view={view} live={live} alt={`What excites ${what}`} />}
      </div>
      <div className="channel__panel">
        <div className="channel__title">
          <div>
            <h2>{what}</h2>
            <p>of {count(channels)} in {layer.name}</p>
          </div>
          <Step icon={ChevronLeft} label="Channel before" to={(view.channel + channels - 1) % channels} />
          <Step icon={ChevronRight} label="Next channel" to={(view.channel + 1) % channels} />
        </div>
        <Standing view={view} live={live} />
        {rendering && rendering.steps.length > 1 ? <Frames view={view} rendering={rendering} /> : null}
        <div className="channel__go">
          {busy ? <Button kind="secondary" size="md" renderIcon={StopFilledAlt} onClick={stop}>Stop</Button> : null}
          {progress.kind === 'stopped' ? <Button size="md" renderIcon={PlayFilledAlt} onClick={go}>Go on</Button> : null}
          {exported ? null : (
            <Button
              kind="tertiary"
              size="md"
              renderIcon={Renew}
              title="Again, from other noise: what stays the same belongs to the channel"
              onClick={() => { change({ recipe: { seed: recipe.seed + 1 } }); }}
            >
              New seed
            </Button>
          )}
        </div>
        {exported ? null : <Settings view={view} layer={layer} />}
        <div className="channel__links">
          <CopyLink address={`/explore${writeSearch({ ...writeExplore({ ...view, layer: layer.name }) })}`} />
          {rendering ? (
            <a
              className="cds--btn cds--btn--tertiary cds--btn--sm cds--layout--size-sm"
              href={renderingAddress(rendering.hash)}
              download={`${view.model}-${layer.name}-${view.channel}.png`}
            >
              Save PNG
              <Download size={16} className="cds--btn__icon" aria-hidden />
            </a>
          ) : null}
          <ViewLink
            className="cds--btn cds--btn--ghost cds--btn--sm cds--layout--size-sm"
            view={{ ...defaults, model: view.model, layer: layer.name }}
          >
            Search with this layer
            <Search size={16} className="cds--btn__icon" aria-hidden />
          </ViewLink>
        </div>
      </div>
    </section>
  );
}

/** How the picture is rendered. */
function Settings({ view, layer }: { view: Explore; layer: Layer }) {
  const change = useChangeExplore();
  const { recipe } = view;
  return (
    <>
      <div className="channel__settings">
        <Choose
          id="size"
          label="Size, px"
          value={String(recipe.size)}
          choices={numbers([64, 96, 128, 192, 256, 384, 512], String)}
          onChange={(size) => { change({ recipe: { size: Number(size) } }); }}
        />
        <Choose
          id="steps"
          label="Steps"
          value={String(recipe.steps)}
          choices={numbers([32, 128, 256, 512, 1024, 2048], String)}
          onChange={(steps) => { change({ recipe: { steps: Number(steps) } }); }}
        />
        <Seed key={recipe.seed} id="seed" seed={recipe.seed} onChange={(seed) => { change({ recipe: { seed } }); }} />
      </div>
      <Options view={view} layer={layer} />
    </>
  );
}

/** Goes to another channel of the layer. */
function Step({ icon, label, to }: { icon: typeof ChevronLeft; label: string; to: number }) {
  const change = useChangeExplore();
  return <Button kind="ghost" size="md" hasIconOnly renderIcon={icon} iconDescription={label} tooltipPosition="bottom" onClick={() => { change({ channel: to }); }} />;
}

/** The picture as it is: one square for each of several pictures. */
function Picture({ view, live: { progress }, alt }: { view: Explore; live: Live; alt: string }) {
  const { pictures } = view.recipe;
  const now = addressOf(view, progress);
  // The picture before stays, faint, until the first one of the next is there.
  const [before, setBefore] = useState(now);
  if (now !== null && now !== before) setBefore(now);
  const address = now ?? before;
  if (address === null) return <div className="channel__blank skeleton" />;
  return (
    <div className={`channel__squares channel__squares--${Math.ceil(Math.sqrt(pictures))}${now === null ? ' channel__squares--stale' : ''}`}>
      {Array.from({ length: pictures }, (_, i) => (
        <img
          key={i}
          src={address}
          alt={now === null ? '' : pictures > 1 ? `${alt}, picture ${i + 1} of ${pictures}` : alt}
          width={512}
          height={512}
          draggable={false}
          style={pictures > 1 ? { objectPosition: `${(100 * i) / (pictures - 1)}% 0` } : undefined}
        />
      ))}
    </div>
  );
}

function addressOf(view: Explore, progress: Live['progress']): string | null {
  switch (progress.kind) {
    case 'running':
      return progress.view.picture;
    case 'stopped':
      return progress.view?.picture ?? null;
    case 'done': {
      const { hash, steps } = progress.result;
      const { frame } = view;
      return frame !== null && steps.includes(frame) ? frameAddress(hash, frame) : renderingAddress(hash);
    }
    default:
      return null;
  }
}

/** Where the rendering stands: the step, and how strongly the channel answers. */
function Standing({ view, live: { progress } }: { view: Explore; live: Live }) {
  const { steps } = progress.kind === 'done' ? progress.result.recipe : view.recipe;
  const step = progress.kind === 'running' || progress.kind === 'stopped' ? progress.view?.step ?? 0 : progress.kind === 'done' ? steps : 0;
  const values = progress.kind === 'running' || progress.kind === 'stopped' ? progress.view?.values : progress.kind === 'done' ? progress.result.values : undefined;
  return (
    <dl className="standing">
      <div>
        <dt>Step</dt>
        <dd>{step} <small>of {steps}</small></dd>
      </div>
      <div>
        <dt>{valueName(view.recipe.objective)}</dt>
        <dd>{values ? values.map(number).join(' · ') : '–'}</dd>
      </div>
      <div className="standing__state">
        <dt className="visually-hidden">State</dt>
        <dd>{stateOf(progress)}</dd>
      </div>
      <svg className="standing__bar" aria-hidden>
        <rect width={`${Math.min(100, (100 * step) / Math.max(steps, 1))}%`} height="2" />
      </svg>
    </dl>
  );
}

function stateOf(progress: Live['progress']): string {
  switch (progress.kind) {
    case 'waiting':
      return 'Waiting for its turn';
    case 'running':
      return 'Sharpening';
    case 'stopped':
      return 'Stopped';
    case 'done':
      return `Took ${duration(progress.result.seconds * 1000)}`;
    case 'failed':
      return 'Not rendered';
    case 'idle':
      return '';
  }
}

/** Goes through the frames that were kept on the way. */
function Frames({ view, rendering: { steps } }: { view: Explore; rendering: Rendering }) {
  const change = useChangeExplore();
  const last = steps.length - 1;
  const at = view.frame === null ? -1 : steps.indexOf(view.frame);
  return (
    <Slider
      className="frames"
      labelText="How it came about"
      min={0}
      max={last}
      step={1}
      value={at < 0 ? last : at}
      hideTextInput
      hideLabel={false}
      formatLabel={(position) => `step ${steps[position] ?? 0}`}
      onChange={({ value }) => {
        const frame = value === last ? null : steps[value] ?? null;
        if (frame !== view.frame) change({ frame });
      }}
    />
  );
}

/** Tells people who do not see the picture how far it is. */
function useSaid(kind: Live['progress']['kind'], what: string): void {
  const announce = useAnnounce();
  useEffect(() => {
    if (kind === 'running') announce(`Rendering ${what}`);
    if (kind === 'done') announce(`${what}: the picture is finished`);
    if (kind === 'stopped') announce('Stopped');
  }, [announce, kind, what]);
}

function numbers(values: number[], title: (n: number) => string) {
  return values.map((n) => ({ name: String(n), title: title(n) }));
}

function number(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
