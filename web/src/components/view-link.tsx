import { useNavigate } from '@tanstack/react-router';
import type { ComponentProps, MouseEvent } from 'react';
import { viewAddress } from '../api/site';
import { writeSearch, writeView, type View } from '../state/view';

interface ViewLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** What the search page shows after a click. */
  view: View;
}

/**
 * A link to a view of the search page that keeps the scroll position. Lighter
 * than the router's own link, which listens to every navigation: a grid of
 * pictures holds hundreds of these.
 */
export function ViewLink({ view, onClick, children, ...rest }: ViewLinkProps) {
  const navigate = useNavigate();
  const search = writeView(view);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onClick?.(event);
    void navigate({ to: '/', search, resetScroll: false });
  };
  return (
    <a {...rest} href={viewAddress(`/${writeSearch({ ...search })}`)} onClick={follow}>
      {children}
    </a>
  );
}
