package store

import (
	"context"
	"database/sql"
	"testing"
)

func TestRemovedThumbnailsGiveTheirRoomBack(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cache, err := s.cache(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pages := func() (n int) {
		if err := cache.QueryRowContext(ctx, "SELECT page_count FROM pragma_page_count").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := pages()
	err = cache.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO thumbnails (dataset, file, version, jpeg) VALUES ('pets', 'a.jpg', '1', zeroblob(1000000))")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	full := pages()
	if err := s.dropThumbnails(ctx, "pets"); err != nil {
		t.Fatal(err)
	}
	if after := pages(); after > before || full < before+200 {
		t.Errorf("%d pages at first, %d with a thumbnail, %d after its removal", before, full, after)
	}
}
