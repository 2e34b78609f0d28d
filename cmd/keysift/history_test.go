package main

import (
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/history"
	"github.com/keysift/keysift/internal/report"
)

func TestFilesFirst(t *testing.T) {
	places := []report.Place{{Path: "b", Line: 1}, {Path: "b", Line: 2}, {Path: "a", Line: 1}, {Path: "b", Line: 3}, {Path: "a", Line: 2}, {Path: "c"}}
	filesFirst(places)
	var got []string
	for _, p := range places {
		got = append(got, p.Path+string(rune('0'+p.Line)))
	}
	if want := "b1 a1 c0 b2 b3 a2"; strings.Join(got, " ") != want {
		t.Errorf("places are %q, want %q", got, want)
	}
}

func TestProgressText(t *testing.T) {
	for _, tt := range []struct {
		p    history.Progress
		want string
	}{
		{history.Progress{Objects: 7, Bytes: 3 << 20}, "7 objects, 3 MB"},
		{history.Progress{Objects: 25, Total: 100, Bytes: 3 << 20}, "25 of 100 objects, 3 MB, about 30s left"},
	} {
		if got := progressText(tt.p, 10*time.Second); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.p, got, tt.want)
		}
	}
}
