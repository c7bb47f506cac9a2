import { Button } from '@carbon/react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { top } from '../../../api/queries';
import { exported } from '../../../api/site';
import { Dialog } from '../../../components/dialog';
import '../../../styles/guide.scss';
import { Metrics, Vectors } from './offers';
import { ScoreExplained } from './score-explained';
import { Sets } from './sets';
import { topics, type Topic } from './topics';

interface GuideProps {
  at: 'start' | Topic;
  /** The set to show, of those that are explained. */
  dataset: string;
  onClose: () => void;
}

/** What this page does, and on request what stands behind it. */
export function Guide({ at, dataset, onClose }: GuideProps) {
  return (
    <Dialog
      title="How this works"
      onClose={onClose}
      actions={(
        <>
          <Link to="/about" className="cds--link" onClick={onClose}>More about it</Link>
          <Button size="md" onClick={onClose}>{at === 'start' ? 'Get started' : 'Close'}</Button>
        </>
      )}
    >
      <div className="guide">
        <p className="guide__lead">
          Here a neural network compares pictures. It was trained to tell what photographs show; on the way it learnt what
          makes pictures alike. You see which ones it takes for alike, and can judge how far to trust it.
        </p>
        <ol className="guide__steps">
          <li><b>Click a picture</b>{exported ? '' : ', or bring one of your own: choose it, drop it or paste it anywhere'}.</li>
          <li><b>Look at the {top} most similar</b> ones of the set. The bar and the number say how similar; a tick says that it has the same category as your picture.</li>
          <li><b>Read the score</b>: how many of them share the category, the first counting most.</li>
          <li><b>Turn on the advanced options</b> to choose another set, network, layer or distance, to compare them all, and to see the whole set as a map.</li>
        </ol>
        {topics.map((topic) => <Part key={topic} topic={topic} wanted={topic === at} dataset={dataset} />)}
      </div>
    </Dialog>
  );
}

const titles: Record<Topic, string> = {
  networks: 'Networks, layers and embeddings',
  score: 'How the search score is made',
  metrics: 'The distances',
  vectors: 'Pooling and transforms',
  sets: 'The sets of pictures, and what to beware of',
};

interface PartProps {
  topic: Topic;
  wanted: boolean;
  dataset: string;
}

function Part({ topic, wanted, dataset }: PartProps) {
  const part = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (!wanted) return;
    part.current?.querySelector('summary')?.focus({ preventScroll: true });
    part.current?.scrollIntoView({ block: 'start' });
  }, [wanted]);
  const bodies: Record<Topic, ReactNode> = {
    networks: <Networks />,
    score: <ScoreExplained />,
    metrics: <Metrics />,
    vectors: <Vectors />,
    sets: <Sets first={dataset} />,
  };
  return (
    <details ref={part} className="guide__part" open={wanted}>
      <summary>{titles[topic]}</summary>
      <div className="guide__body">{bodies[topic]}</div>
    </details>
  );
}

function Networks() {
  return (
    <>
      <p>
        A <strong>convolutional neural network</strong> (CNN) looks at a picture through many small windows, layer after
        layer. The first layers answer to edges and colours, those in the middle to textures and parts, the last ones to
        whole things: an eye, a wheel, a petal. Nobody told it to: it found out while it learnt to name what photographs show.
      </p>
      <p>
        What one layer answers, written as a list of numbers, is the picture’s <strong>embedding</strong>: a point in a space
        of many dimensions. Pictures that the layer cannot tell apart lie close together there. So to search is to look for
        the nearest points, and another layer is another idea of what is alike: early ones find the same colours and
        outlines, late ones the same kind of thing.
      </p>
    </>
  );
}
