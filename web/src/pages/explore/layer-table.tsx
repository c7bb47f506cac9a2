import { Search } from '@carbon/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Layer } from '../../api/types';
import { count } from '../../lib/format';
import { useExplore, changed } from '../../state/use-explore';
import { ExploreLink } from './explore-link';
import { findLayers } from './network';

const row = 40;

/** All layers as a table with a search; only the rows in view are in the document. */
export function LayerTable({ layers, chosen }: { layers: Layer[]; chosen: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="layer-table" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>All {count(layers.length)} layers as a table</summary>
      {open ? <Body layers={layers} chosen={chosen} /> : null}
    </details>
  );
}

function Body({ layers, chosen }: { layers: Layer[]; chosen: string }) {
  const view = useExplore();
  const [text, setText] = useState('');
  const found = useMemo(() => findLayers(layers, text), [layers, text]);
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing that it returns is remembered
  const virtualizer = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row,
    overscan: 6,
    initialOffset: Math.max(layers.findIndex(({ name }) => name === chosen) - 3, 0) * row,
  });
  return (
    <>
      <div className="layer-table__search">
        <Search
          size="md"
          labelText="Find layers"
          placeholder="Name, type, index, or shape as in 14x14x80"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            virtualizer.scrollToOffset(0);
          }}
        />
        <p role="status">{found.length === layers.length ? '' : `${count(found.length)} of ${count(layers.length)}`}</p>
      </div>
      <div className="layer-table__table" role="table" aria-label="Layers" aria-rowcount={found.length + 1} aria-colcount={5}>
        <div className="layer-table__row layer-table__row--head" role="row" aria-rowindex={1}>
          <span role="columnheader">Index</span>
          <span role="columnheader">Name</span>
          <span role="columnheader">Type</span>
          <span role="columnheader">Shape</span>
          <span role="columnheader">Parameters</span>
        </div>
        <div className="layer-table__body" role="rowgroup" ref={scroller} tabIndex={0}>
          <div role="presentation" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const layer = found[item.index];
              if (!layer) return null;
              const { index, name, type, shape, parameters } = layer;
              return (
                <div
                  key={index}
                  className="layer-table__row"
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-current={name === chosen ? 'true' : undefined}
                  style={{ transform: `translateY(${item.start}px)`, height: row }}
                >
                  <span role="cell">{index}</span>
                  <span role="cell">
                    {type === 'InputLayer' ? name : (
                      <ExploreLink className="cds--link" view={changed(view, { layer: name, channel: 0, recipe: { with: null } })}>{name}</ExploreLink>
                    )}
                  </span>
                  <span role="cell">{type}</span>
                  <span role="cell">{shape.join(' × ')}</span>
                  <span role="cell">{count(parameters)}</span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {found.length === 0 ? <p className="layer-table__none">No layer is called so.</p> : null}
    </>
  );
}
