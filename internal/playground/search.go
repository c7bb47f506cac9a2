package playground

import "context"

func (p *Playground) Search(ctx context.Context, r SearchRequest) (SearchResult, error) {
	return SearchResult{}, invalid("search", "not yet", "")
}
func (p *Playground) Evaluate(ctx context.Context, r SearchSettings) (Evaluation, error) {
	return Evaluation{}, invalid("search", "not yet", "")
}

type spaceCache struct{}

func (spaceCache) close()        {}
func (spaceCache) forget(string) {}
