package dataset

import (
	"cmp"
	"strings"
)

// fileCompare orders paths by class, then naturally.
func fileCompare(a, b string) int {
	return cmp.Or(NaturalCompare(classOf(a), classOf(b)), NaturalCompare(a, b))
}

// NaturalCompare orders paths folder by folder, bytes by their value and runs
// of digits by theirs: img2 before img10. Only equal strings compare as 0.
func NaturalCompare(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if !isDigit(a[i]) || !isDigit(b[j]) {
			if a[i] != b[j] {
				return cmp.Compare(rank(a[i]), rank(b[j]))
			}
			i++
			j++
			continue
		}
		endA, endB := digitsEnd(a, i), digitsEnd(b, j)
		if order := compareNumbers(a[i:endA], b[j:endB]); order != 0 {
			return order
		}
		i, j = endA, endB
	}
	// What is left tells a prefix from the whole; leading zeros tell the rest.
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), strings.Compare(a, b))
}

// rank puts the end of a folder's name before every other byte, so that a
// folder stays together.
func rank(c byte) byte {
	if c == '/' {
		return 0
	}
	return c
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func digitsEnd(s string, start int) int {
	end := start
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return end
}

// compareNumbers compares runs of digits of any length by value.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
