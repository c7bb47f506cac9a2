import { Download } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import type { SearchResult } from '../../api/types';
import { csv } from '../../lib/csv';
import { download } from '../../lib/download';
import { resultsJSON, resultsName, resultsTable } from './results-file';

/** Saves what was found, for other programs. */
export function SaveResults({ result }: { result: SearchResult }) {
  const name = resultsName(result);
  return (
    <div className="results__save">
      <Button
        kind="ghost"
        size="sm"
        renderIcon={Download}
        onClick={() => { download(new Blob([csv(resultsTable(result))], { type: 'text/csv' }), `${name}.csv`); }}
      >
        Results as CSV
      </Button>
      <Button
        kind="ghost"
        size="sm"
        renderIcon={Download}
        onClick={() => { download(new Blob([resultsJSON(result)], { type: 'application/json' }), `${name}.json`); }}
      >
        Results as JSON
      </Button>
    </div>
  );
}
