import { Upload as UploadIcon } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useRef } from 'react';
import { asApiError } from '../api/problem';
import { exported } from '../api/site';
import type { Upload } from './use-upload';

/** The button that takes a picture of the user's own, where there is a server to look at it. */
export function OwnPicture({ upload }: { upload: Upload }) {
  const input = useRef<HTMLInputElement>(null);
  if (exported) return null;
  return (
    <>
      <Button
        size="md"
        kind="primary"
        renderIcon={UploadIcon}
        disabled={upload.pending}
        title="Choose a picture or take a photo; or drop or paste one anywhere on this page"
        onClick={() => input.current?.click()}
      >
        {upload.pending ? 'Uploading' : 'Your picture'}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        // Naming the formats makes phones convert theirs to one of them.
        accept="image/jpeg,image/png,image/gif,image/webp,image/bmp,image/tiff"
        data-testid="own-picture"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) upload.send(file);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
    </>
  );
}

/** Says why a picture was not taken. */
export function UploadFailed({ upload, error }: { upload: Upload; error: Error }) {
  const { title, detail, hint } = asApiError(error);
  return (
    <div className="panel panel--error panel--small" role="alert">
      <h3>{title}</h3>
      <p>{[detail, hint].filter((text) => text !== '').join('. ')}</p>
      <Button size="sm" kind="tertiary" onClick={upload.dismiss}>Close</Button>
    </div>
  );
}
