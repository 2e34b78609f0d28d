package pack

import (
	"context"
	"testing"
)

// BenchmarkWalk reads a history of 60 versions, packed by git.
func BenchmarkWalk(b *testing.B) {
	r := newRepo(b, SHA1)
	r.history(1, 60)
	r.Git("gc", "-q")
	s := r.open(Options{})
	for _, bb := range []struct {
		name string
		opts WalkOptions
	}{
		{"all", WalkOptions{Workers: 1}},
		{"blobs", WalkOptions{Workers: 1, Types: TypesOf(Blob)}},
		{"verify", WalkOptions{Workers: 1, Verify: true}},
		{"parallel", WalkOptions{}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				stats, err := s.Walk(context.Background(), bb.opts)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(stats.Bytes)
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	r := newRepo(b, SHA1)
	r.history(1, 20)
	r.Git("gc", "-q")
	s := r.open(Options{})
	var ids []ID
	for id := range s.Objects(context.Background(), nil) {
		ids = append(ids, id)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, _, err := s.Get(ids[i%len(ids)]); err != nil {
			b.Fatal(err)
		}
	}
}
