package playground

import (
	"context"

	"github.com/convnetplayground/convnet/internal/job"
)

func (p *Playground) StartIndex(ctx context.Context, r IndexRequest) (job.Status, error) {
	return job.Status{}, invalid("search", "not yet", "")
}
func (p *Playground) Indexes(ctx context.Context, dataset string) ([]IndexEntry, error) {
	return nil, invalid("search", "not yet", "")
}
