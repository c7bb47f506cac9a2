package playground

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// The choices of channels that have a name.
const (
	ChannelsSample   = "sample"   // 30 drawn at random with the seed
	ChannelsOriginal = "original" // those of the first playground: evenly strided, 30 to 59
	ChannelsAll      = "all"
)

// sampled is how many channels a sample has, and the least of the original.
const sampled = 30

// chooseChannels lists the channels of n that a choice means: one of the names
// above, or numbers with commas between them.
func chooseChannels(choice string, n int, seed uint64) ([]int, error) {
	switch choice {
	case ChannelsAll:
		return strided(n, 1), nil
	case ChannelsOriginal:
		return strided(n, n/min(n, sampled)), nil
	case ChannelsSample:
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		channels := random.Perm(n)[:min(n, sampled)]
		slices.Sort(channels)
		return channels, nil
	}
	chosen, err := numbered(choice)
	if err != nil {
		return nil, err
	}
	var channels []int
	for _, c := range chosen {
		if c < 0 || c >= n {
			return nil, invalid("cannot choose channels", fmt.Sprintf("channel %d: there are 0 to %d", c, n-1), "")
		}
		if !slices.Contains(channels, c) {
			channels = append(channels, c)
		}
	}
	return channels, nil
}

// checkChannels reports a choice that no layer has.
func checkChannels(choice string) error {
	if slices.Contains([]string{ChannelsAll, ChannelsOriginal, ChannelsSample}, choice) {
		return nil
	}
	_, err := numbered(choice)
	return err
}

// numbered reads numbers with commas between them.
func numbered(choice string) ([]int, error) {
	var channels []int
	for _, field := range strings.Split(choice, ",") {
		c, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return nil, invalid("cannot choose channels", fmt.Sprintf("%q is no number", field), "known: sample, original, all, or numbers as in 0,3,7")
		}
		channels = append(channels, c)
	}
	return channels, nil
}

func strided(n, step int) []int {
	var channels []int
	for c := 0; c < n; c += step {
		channels = append(channels, c)
	}
	return channels
}
