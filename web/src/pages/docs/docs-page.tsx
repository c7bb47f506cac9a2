export function DocsPage() { return <h1>API</h1>; }
