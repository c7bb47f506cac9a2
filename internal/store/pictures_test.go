package store

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

func TestPicturesUsedLongestAgoGoFirst(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.pictureCap = 350
	var ids []string
	for i := range 3 {
		id, err := s.AddPicture(ctx, bytes.Repeat([]byte{byte(i)}, 100))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := s.Picture(ctx, ids[0]); err != nil {
		t.Fatal(err)
	}
	id, err := s.AddPicture(ctx, bytes.Repeat([]byte{9}, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, id string
		kept     bool
	}{{"just looked at", ids[0], true}, {"oldest", ids[1], false}, {"younger", ids[2], true}, {"new", id, true}} {
		_, err := s.Picture(ctx, c.id)
		if c.kept != (err == nil) || (!c.kept && !errors.Is(err, ErrNotFound)) {
			t.Errorf("the %s picture: %v, expected kept: %v", c.name, err, c.kept)
		}
	}
}
