package zoo

import "fmt"

// numbering names the layers that the source of Keras gives no name, as Keras
// does in a fresh process: conv2d, conv2d_1, conv2d_2 and so on.
type numbering map[string]int

func (n numbering) next(kind string) string {
	number := n[kind]
	n[kind]++
	if number == 0 {
		return kind
	}
	return fmt.Sprintf("%s_%d", kind, number)
}
