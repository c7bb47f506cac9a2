import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { pictureAddress, thumbnailAddress } from '../../../api/addresses';
import { placeQuery, type MapRequest } from '../../../api/maps';
import { asApiError } from '../../../api/problem';
import { searchQuery } from '../../../api/queries';
import { Installing } from '../../../components/installing';
import { useAnnounce } from '../../../components/announcer';
import { altText } from '../../../lib/format';
import { alignedUpTo } from '../../../state/map';
import { selection, useSelection } from '../../../state/selection';
import { useChangePart, useChangeView } from '../../../state/use-view';
import '../../../styles/map.scss';
import { Indexing } from '../indexing';
import type { PanelProps } from '../panels';
import { whole } from './camera';
import { classesOf, legendOf } from './classes';
import { HoverCard } from './hover-card';
import { Legend } from './legend';
import { MapOptions } from './map-options';
import { MapTrouble } from './map-trouble';
import type { Plane, Tool } from './plane';
import { PlaneView } from './plane-view';
import { Caught } from './caught';
import { Settling } from './settling';
import { Toolbar } from './toolbar';
import { useMap, type Progress } from './use-map';

/** The map of the whole set: what the layer takes for alike lies near each other. */
export function MapPanel(props: PanelProps) {
  if (props.model.weights === 'missing') return <Installing model={props.model} />;
  return <Map key={props.dataset.name} {...props} />;
}

function Map({ view, query, dataset }: PanelProps) {
  const announce = useAnnounce();
  const changeView = useChangeView();
  const changeMap = useChangePart('map');
  const aligned = view.map.aligned ?? dataset.images.length <= alignedUpTo;
  const request: MapRequest = { settings: view, map: view.map, aligned };
  const live = useMap(request);
  const { progress } = live;
  const { images: caught } = useSelection(dataset.name);
  const [tool, setTool] = useState<Tool>('move');
  const [plane, setPlane] = useState<Plane | null>(null);

  const placed = placesOf(progress);
  const images = placed?.images;
  const classes = useMemo(() => classesOf(dataset), [dataset]);
  const legend = useMemo(() => legendOf(dataset, classes, images ?? []), [dataset, classes, images]);
  const { classes: only, camera, pictures } = view.map;
  const shown = useMemo(() => (only === null ? null : new Set(only)), [only]);
  const selected = useMemo(() => (caught.length === 0 ? null : new Set(caught)), [caught]);

  const found = useQuery({ ...searchQuery(view, query ?? { kind: 'image', index: 0 }), enabled: query !== null });
  const picture = query?.kind === 'picture' ? query.id : null;
  const place = useQuery({ ...placeQuery(request, picture ?? ''), enabled: picture !== null && progress.kind === 'done' });
  const results = found.data?.results;

  useEffect(() => { plane?.open(dataset); }, [plane, dataset]);
  useEffect(() => { plane?.wear({ classes, shown, selected }); }, [plane, classes, shown, selected]);
  const settling = progress.kind === 'running';
  useEffect(() => { if (placed) plane?.show(placed, settling); }, [plane, placed, settling]);
  const { x, y, zoom } = camera ?? whole;
  useEffect(() => { plane?.lookAt({ x, y, zoom }); }, [plane, x, y, zoom]);
  useEffect(() => { plane?.showPictures(pictures); }, [plane, pictures]);
  useEffect(() => {
    plane?.find({
      query: query?.kind === 'image' ? { image: query.index } : place.data ?? null,
      results: results?.map(({ index }) => index) ?? [],
      picture: query && (query.kind === 'image' ? thumbnailAddress(dataset.name, dataset.version, query.index) : pictureAddress(query.id)),
    });
  }, [plane, dataset, query, place.data, results]);

  const open = useCallback((index: number) => { changeView({ query: { kind: 'image', index } }); }, [changeView]);
  const select = useCallback((all: readonly number[]) => { selection.take(dataset.name, all); }, [dataset.name]);
  const look = useCallback((next: typeof camera) => { changeMap({ camera: next }, true); }, [changeMap]);
  const reach = useCallback((index: number) => {
    const image = dataset.images[index];
    if (image) announce(altText(image));
  }, [announce, dataset]);
  const kind = progress.kind;
  useEffect(() => {
    if (kind === 'running') announce('The map settles');
    if (kind === 'done') announce('The map is finished');
  }, [announce, kind]);

  if (progress.kind === 'failed' && asApiError(progress.error).code === 'not_indexed') {
    return <Indexing settings={view} images={dataset.images.length} onDone={live.go} />;
  }
  if (progress.kind === 'failed') return <MapTrouble view={view} error={progress.error} onRetry={live.go} />;
  return (
    <div className="map">
      <Toolbar plane={plane} tool={tool} onTool={setTool} pictures={pictures} dataset={dataset} progress={progress} legend={legend} shown={shown} />
      <div className="map__frame">
        <PlaneView
          plane={plane}
          onPlane={setPlane}
          label={`Map of ${dataset.title}`}
          tool={tool}
          stale={placed === null}
          onOpen={open}
          onSelect={select}
          onLook={look}
          onReach={reach}
        >
          <HoverCard plane={plane} dataset={dataset} classes={classes} />
          <Settling live={live} layer={found.data?.layer ?? view.layer} />
        </PlaneView>
        <Legend label="Categories on the map" entries={legend} shown={shown} onShow={(next) => { changeMap({ classes: next }, true); }} />
      </div>
      <Caught view={view} dataset={dataset} progress={progress} />
      <MapOptions map={view.map} aligned={aligned} />
    </div>
  );
}

function placesOf(progress: Progress) {
  if (progress.kind === 'done') return progress.result;
  return progress.kind === 'running' || progress.kind === 'stopped' ? progress.view : null;
}
