import { useMutation } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ApiError } from '../api/problem';
import { addPicture } from '../api/queries';
import { useAnnounce } from './announcer';

const largest = 32 * 1024 * 1024;

export interface Upload {
  send: (file: Blob) => void;
  pending: boolean;
  error: Error | null;
  dismiss: () => void;
}

/** Uploads pictures of the user's own; onDone gets the id of each. */
export function useUpload(onDone: (id: string) => void): Upload {
  const announce = useAnnounce();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (file: Blob) => {
      if (file.size > largest) throw tooLarge(file.size);
      return addPicture(file);
    },
    onMutate: () => { announce('Uploading your picture'); },
    onSuccess: onDone,
  });
  const send = useCallback((file: Blob) => { mutate(file); }, [mutate]);
  return { send, pending: isPending, error, dismiss: reset };
}

function tooLarge(bytes: number): ApiError {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  return new ApiError({
    status: 413,
    code: 'too_large',
    title: 'The picture is too large',
    detail: `The file has ${megabytes} MB, and at most 32 MB are taken.`,
    hint: 'Save it smaller and try again.',
  });
}
