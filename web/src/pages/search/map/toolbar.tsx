import { Download, Image as ImageIcon, Lasso, Move, SelectWindow, ZoomFit, ZoomIn, ZoomOut } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import type { ComponentType } from 'react';
import type { DatasetDetail } from '../../../api/types';
import { useChangePart } from '../../../state/use-view';
import type { ClassEntry } from './classes';
import { download } from '../../../lib/download';
import { mapCSV, mapJSON } from './downloads';
import type { Plane, Tool } from './plane';
import { withLegend } from './print';
import type { Progress } from './use-map';

interface ToolbarProps {
  plane: Plane | null;
  tool: Tool;
  onTool: (tool: Tool) => void;
  /** Whether pictures are shown as such where there is room. */
  pictures: boolean;
  dataset: DatasetDetail;
  progress: Progress;
  legend: readonly ClassEntry[];
  shown: ReadonlySet<number> | null;
}

const tools: { name: Tool; title: string; icon: ComponentType }[] = [
  { name: 'move', title: 'Move the map', icon: Move },
  { name: 'lasso', title: 'Select with a lasso', icon: Lasso },
  { name: 'box', title: 'Select with a box', icon: SelectWindow },
];

/** What can be done with the map as a whole. */
export function Toolbar({ plane, tool, onTool, pictures, dataset, progress, legend, shown }: ToolbarProps) {
  const change = useChangePart('map');
  const map = progress.kind === 'done' ? progress.result : null;
  const name = map ? `${map.dataset}-${map.model}-${map.layer}-map` : 'map';
  const savePicture = () => {
    if (!plane) return;
    const sheet = withLegend(plane.snapshot(), legend.filter(({ position }) => shown?.has(position) ?? true), plane.colours);
    sheet.toBlob((picture) => { if (picture) download(picture, `${name}.png`); });
  };
  return (
    <div className="map__bar" role="toolbar" aria-label="Map">
      <div className="map__group">
        {tools.map(({ name: which, title, icon }) => (
          <Tip key={which} label={title} icon={icon} pressed={tool === which} onPress={() => { onTool(which); }} />
        ))}
      </div>
      <div className="map__group">
        <Tip label="Zoom in" icon={ZoomIn} onPress={() => plane?.zoomBy(1.5)} />
        <Tip label="Zoom out" icon={ZoomOut} onPress={() => plane?.zoomBy(1 / 1.5)} />
        <Tip label="Show the whole map" icon={ZoomFit} onPress={() => plane?.reset()} />
      </div>
      <Tip label="Pictures where there is room" icon={ImageIcon} pressed={pictures} onPress={() => { change({ pictures: !pictures }, true); }} />
      <div className="map__save">
        <Button kind="ghost" size="sm" renderIcon={Download} disabled={!plane || progress.kind === 'waiting'} onClick={savePicture}>PNG</Button>
        <Button kind="ghost" size="sm" renderIcon={Download} disabled={!map} onClick={() => { if (map) download(new Blob([mapCSV(map, dataset, null)], { type: 'text/csv' }), `${name}.csv`); }}>CSV</Button>
        <Button kind="ghost" size="sm" renderIcon={Download} disabled={!map} onClick={() => { if (map) download(new Blob([mapJSON(map, dataset, null)], { type: 'application/json' }), `${name}.json`); }}>JSON</Button>
      </div>
    </div>
  );
}

function Tip({ label, icon, pressed, onPress }: { label: string; icon: ComponentType; pressed?: boolean; onPress: () => void }) {
  return (
    <Button
      kind="ghost"
      size="sm"
      hasIconOnly
      renderIcon={icon}
      iconDescription={label}
      tooltipPosition="top"
      tooltipAlignment="start"
      isSelected={pressed ?? false}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={onPress}
    />
  );
}
