import type { Topic } from '../guide/topics';

interface ExplainProps {
  topic: Topic;
  onExplain: (topic: Topic) => void;
  children: string;
}

/** Opens the guide at a topic. */
export function Explain({ topic, onExplain, children }: ExplainProps) {
  return <button type="button" className="cds--link settings__explain" onClick={() => { onExplain(topic); }}>{children}</button>;
}
