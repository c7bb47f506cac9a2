import { Link } from '@tanstack/react-router';
import { ApiError } from '../api/problem';
import { Trouble } from './trouble';

const problem = new ApiError({
  status: 404,
  code: 'not_found',
  title: 'There is no page at this address',
  detail: 'The link may be mistyped or from another version.',
});

/** Stands in for a page that does not exist. */
export function Missing() {
  return (
    <div className="search">
      <Trouble error={problem}>
        <Link to="/" className="cds--btn cds--btn--primary cds--layout--size-md">Go to the search</Link>
      </Trouble>
    </div>
  );
}
