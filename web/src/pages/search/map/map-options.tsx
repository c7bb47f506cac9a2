import { Checkbox } from '@carbon/react';
import { useState } from 'react';
import { exported } from '../../../api/site';
import { Choose } from '../../../components/choose';
import { Seed } from '../../../components/seed';
import { mapDefaults, type MapMethod, type MapSettings } from '../../../state/map';
import { useChangePart } from '../../../state/use-view';

interface MapOptionsProps {
  map: MapSettings;
  /** Whether this map is turned to those of the layers before. */
  aligned: boolean;
}

const methods: { name: MapMethod; title: string; description: string }[] = [
  { name: 'umap', title: 'UMAP', description: 'Neighbours stay neighbours' },
  { name: 'pca', title: 'PCA, quick', description: 'The two directions in which the vectors differ most' },
];
const neighbours = [5, 10, 15, 30, 50, 100, 200];
const distances = [0, 0.05, 0.1, 0.25, 0.5, 0.8, 1];

/** How the map is made; open where something of it is not as usual. */
export function MapOptions({ map, aligned }: MapOptionsProps) {
  const change = useChangePart('map');
  const { method, neighbours: near, minDist, seed } = map;
  const [open, setOpen] = useState(method !== mapDefaults.method || near !== mapDefaults.neighbours || minDist !== mapDefaults.minDist || seed !== mapDefaults.seed);
  const umap = method !== 'pca' && !exported;
  return (
    <details className="map__options" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>How the map is made</summary>
      <div className="map__choices">
        <Choose id="map-method" label="Method" value={method} choices={methods} onChange={(next) => { change({ method: next as MapMethod }); }} />
        {umap ? (
          <>
            <Choose
              id="map-neighbours"
              label="Neighbours"
              value={String(near)}
              choices={neighbours.map((n) => ({ name: String(n), title: String(n), description: 'The more, the more of the whole is seen and the less of detail' }))}
              onChange={(next) => { change({ neighbours: Number(next) }); }}
            />
            <Choose
              id="map-distance"
              label="Least distance"
              value={String(minDist)}
              choices={distances.map((d) => ({ name: String(d), title: String(d), description: 'How near pictures are let to each other' }))}
              onChange={(next) => { change({ minDist: Number(next) }); }}
            />
            <Seed key={seed} id="map-seed" seed={seed} onChange={(next) => { change({ seed: next }); }} />
          </>
        ) : null}
        {exported ? null : (
          <Checkbox
            id="map-aligned"
            labelText="Turn it to the map of the layer before"
            helperText="Then what moves from layer to layer moves for a reason. The layers before are mapped too."
            checked={aligned}
            onChange={(_, { checked }) => { change({ aligned: checked }); }}
          />
        )}
      </div>
    </details>
  );
}
