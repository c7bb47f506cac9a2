package playground

import "context"

// Contrast searches twice for the same picture and tells what both searches
// found and what only one did. The second takes dataset, picture and number of
// results from the first.
func (p *Playground) Contrast(ctx context.Context, first SearchRequest, second SearchSettings) (Contrast, error) {
	second.Dataset, second.Top = first.Dataset, first.Top
	var c Contrast
	var err error
	if c.First, err = p.Search(ctx, first); err != nil {
		return c, err
	}
	first.SearchSettings = second
	if c.Second, err = p.Search(ctx, first); err != nil {
		return c, err
	}
	c.link()
	return c, nil
}

// link sorts the results into those of both searches and those of one.
func (c *Contrast) link() {
	c.Common, c.OnlyFirst, c.OnlySecond = []CommonResult{}, []int{}, []int{}
	ranks := map[int]int{} // of the second search
	for _, r := range c.Second.Results {
		ranks[r.Index] = r.Rank
	}
	for _, r := range c.First.Results {
		rank, both := ranks[r.Index]
		if !both {
			c.OnlyFirst = append(c.OnlyFirst, r.Index)
			continue
		}
		c.Common = append(c.Common, CommonResult{Index: r.Index, FirstRank: r.Rank, SecondRank: rank})
		delete(ranks, r.Index)
	}
	for _, r := range c.Second.Results {
		if _, alone := ranks[r.Index]; alone {
			c.OnlySecond = append(c.OnlySecond, r.Index)
		}
	}
}
