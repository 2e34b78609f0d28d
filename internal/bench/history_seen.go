package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"text/tabwriter"

	"github.com/keysift/keysift/internal/pack"
)

// A coverage is how many objects each program had before it.
type coverage struct {
	rows []coverageRow
}

type coverageRow struct {
	program        string
	blobs, commits int64
	objects        int64 // all of them, trees and tags included; 0 if it does not tell
}

// looked counts what the programs look at in a repository.
func (w *workshop) looked(ctx context.Context, dir string) (*coverage, error) {
	c := &coverage{}
	for _, flags := range [][]string{nil, {"--no-delta"}} {
		row, err := w.keysiftCoverage(ctx, dir, flags)
		if err != nil {
			return nil, err
		}
		c.rows = append(c.rows, row)
	}
	walked := coverageRow{program: "reading only"}
	for _, t := range []struct {
		types pack.Types
		n     *int64
	}{{pack.AllTypes, &walked.objects}, {pack.TypesOf(pack.Blob), &walked.blobs}, {pack.TypesOf(pack.Commit), &walked.commits}} {
		if err := walkPacks(ctx, dir, 1, t.types, func(s pack.Stats) { *t.n = s.Objects }); err != nil {
			return nil, err
		}
	}
	git, err := gitCoverage(ctx, dir)
	if err != nil {
		return nil, err
	}
	patches, err := w.output(ctx, nil, "git", "-C", dir, "rev-list", "--all", "--no-merges", "--count")
	if err != nil {
		return nil, err
	}
	log := coverageRow{program: "git log -p --all, gitleaks"}
	if _, err := fmt.Sscan(string(patches), &log.commits); err != nil {
		return nil, fmt.Errorf("reading how many commits have patches: %w", err)
	}
	c.rows = append(c.rows, walked, git, log)
	return c, nil
}

// keysiftCoverage reads the summary of a run.
func (w *workshop) keysiftCoverage(ctx context.Context, dir string, flags []string) (coverageRow, error) {
	row := coverageRow{program: strings.Join(append([]string{"keysift"}, flags...), " ")}
	args := append([]string{"history", "--format", "jsonl", "--progress", "never", "--exit-zero"}, flags...)
	out, err := w.output(ctx, nil, w.keysift, append(args, dir)...)
	if err != nil {
		return row, err
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var summary struct {
		Type           string
		Blobs, Commits int64
	}
	if err := json.Unmarshal(lines[len(lines)-1], &summary); err != nil || summary.Type != "summary" {
		return row, errors.New("keysift ended without a summary")
	}
	row.blobs, row.commits = summary.Blobs, summary.Commits
	return row, nil
}

// gitCoverage counts what git cat-file prints.
func gitCoverage(ctx context.Context, dir string) (coverageRow, error) {
	row := coverageRow{program: "git cat-file, all objects"}
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype)")
	out, err := cmd.Output()
	if err != nil {
		return row, fmt.Errorf("counting objects: %w%s", err, stderrOf(err))
	}
	for line := range bytes.Lines(out) {
		row.objects++
		switch string(bytes.TrimSpace(line)) {
		case "blob":
			row.blobs++
		case "commit":
			row.commits++
		}
	}
	return row, nil
}

func (c *coverage) write(w io.Writer) error {
	if _, err := fmt.Fprint(w, "\nwhat is looked at\n"); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "program\tblobs\tcommits\tobjects\t\n")
	for _, r := range c.rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", r.program, countText(r.blobs), countText(r.commits), countText(r.objects))
	}
	return t.Flush()
}

// countText writes a number; a dash stands for one that is not known.
func countText(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}
