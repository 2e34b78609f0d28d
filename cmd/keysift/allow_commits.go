package main

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/keysift/keysift/internal/history"
	"github.com/keysift/keysift/internal/scan"
)

// A standing is a secret in a file, or in what else has a path in a history. The
// secret is held as its hash.
type standing struct {
	path   string
	secret [sha256.Size]byte
}

func standingOf(f *scan.Finding) standing {
	return standing{f.Path, sha256.Sum256([]byte(f.Secret.Reveal()))}
}

// knowCommits lets entries of the policy that name commits see which of them
// brought a finding. An audit of all objects knows of a blob only where it came
// first, and the secret may have come with another one.
func (c *common) knowCommits(ctx context.Context, dir string, opts history.Options) error {
	if opts.Range != "" || opts.Since != "" {
		return nil // each finding then has the commit that adds it
	}
	names := c.config.AllowedCommits()
	for _, f := range c.applied.Foreign {
		names = append(names, f.Commits()...)
	}
	if len(names) == 0 {
		return nil
	}
	found, err := history.Brought(ctx, dir, opts, scan.New(opts.Rules, scan.Options{}), names)
	if err != nil {
		return err
	}
	brought := map[standing][]string{}
	for i := range found {
		at := standingOf(&found[i])
		if id := found[i].Origin.Commit; !slices.Contains(brought[at], id) {
			brought[at] = append(brought[at], id)
		}
	}
	c.applied.Commits = func(f *scan.Finding) []string { return brought[standingOf(f)] }
	return nil
}
