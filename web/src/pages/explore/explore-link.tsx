import { useNavigate } from '@tanstack/react-router';
import type { ComponentProps, MouseEvent } from 'react';
import { viewAddress } from '../../api/site';
import { writeExplore, type Explore } from '../../state/explore';
import { writeSearch } from '../../state/view';

interface ExploreLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** What the explorer shows after a click. */
  view: Explore;
}

/** A link to another view of the explorer that keeps the scroll position. */
export function ExploreLink({ view, children, ...rest }: ExploreLinkProps) {
  const navigate = useNavigate();
  const search = writeExplore(view);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ to: '/explore', search, resetScroll: false });
  };
  return <a {...rest} href={viewAddress(`/explore${writeSearch({ ...search })}`)} onClick={follow}>{children}</a>;
}
