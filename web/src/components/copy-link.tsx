import { Checkmark, Link } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useEffect, useState } from 'react';
import { viewAddress } from '../api/site';
import { useAnnounce } from './announcer';

/** Copies a link to an address of this site. */
export function CopyLink({ address }: { address: string }) {
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => { setCopied(false); }, 2000);
    return () => { clearTimeout(timer); };
  }, [copied]);

  const copy = async () => {
    const link = new URL(viewAddress(address), window.location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      announce('Link copied');
    } catch {
      // Browsers refuse the clipboard to pages that come over plain HTTP from another machine.
      window.prompt('Copy this link', link);
    }
  };
  return (
    <Button kind="tertiary" size="sm" renderIcon={copied ? Checkmark : Link} onClick={() => void copy()}>
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}
