import { Image } from '@carbon/icons-react';
import { useEffect, useState } from 'react';
import { exported } from '../api/site';

interface DropTargetProps {
  label: string;
  onPicture: (file: Blob) => void;
}

/** Takes pictures that are dropped or pasted anywhere on the page, where there is a server to look at them. */
export function DropTarget(props: DropTargetProps) {
  return exported ? null : <Target {...props} />;
}

function Target({ label, onPicture }: DropTargetProps) {
  const [over, setOver] = useState(false);

  useEffect(() => {
    // Entering a child fires before leaving its parent, so count.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFile(event.dataTransfer)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFile(event.dataTransfer)) return;
      depth--;
      if (depth <= 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (carriesFile(event.dataTransfer)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!carriesFile(event.dataTransfer)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      take(event.dataTransfer?.files);
    };
    const paste = (event: ClipboardEvent) => { take(event.clipboardData?.files); };
    const take = (files: FileList | undefined) => {
      const [file] = files ?? [];
      if (file) onPicture(file);
    };

    document.addEventListener('dragenter', enter);
    document.addEventListener('dragleave', leave);
    document.addEventListener('dragover', hover);
    document.addEventListener('drop', drop);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('dragenter', enter);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('dragover', hover);
      document.removeEventListener('drop', drop);
      document.removeEventListener('paste', paste);
    };
  }, [onPicture]);

  if (!over) return null;
  return (
    <div className="drop">
      <Image size={32} aria-hidden />
      {label}
    </div>
  );
}

function carriesFile(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}
