import { Link, Outlet } from '@tanstack/react-router';
import { useRef } from 'react';
import { exported } from '../api/site';
import { recallAdvanced } from '../state/use-remembered';

/** The frame around every page: skip link, header, main. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  return (
    <>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          // The fragment must not become a part of the view's address.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header className="header">
        <Link to="/" search={sameMode} className="header__name">
          <Mark />
          <span>ConvNet Playground</span>
        </Link>
        <nav className="header__nav" aria-label="Pages">
          <Link to="/" search={sameMode} activeOptions={{ exact: true, includeSearch: false }}>Search</Link>
          <Link to="/explore" activeOptions={{ includeSearch: false }}>Explore</Link>
          <Link to="/about">About</Link>
          {exported ? null : <a href="/docs">API</a>}
        </nav>
      </header>
      {exported ? (
        <p className="copy-notice">
          This is an exported copy: all that was indexed and rendered is here. Pictures of your own and new renderings need
          the program itself, <code>convnet serve</code>.
        </p>
      ) : null}
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/** To begin anew is not to leave the advanced page. */
function sameMode({ advanced }: { advanced?: string }): { advanced?: string } {
  if (advanced !== undefined) return { advanced };
  return recallAdvanced() ? { advanced: '1' } : {};
}

function Mark() {
  return (
    <svg width="20" height="20" viewBox="4 4 24 24" aria-hidden>
      <rect x="5" y="5" width="13" height="13" fill="none" stroke="#a6c8ff" strokeWidth="1.5" />
      <rect x="9" y="9" width="14" height="14" fill="#161616" stroke="#78a9ff" strokeWidth="1.5" />
      <rect x="14" y="14" width="13" height="13" fill="#4589ff" />
    </svg>
  );
}
