package analyzer

import (
	"fmt"
	"go/types"
	"testing"
)

// TestLittle checks that what a package builds on counts through others, and only what
// is of the same module.
func TestLittle(t *testing.T) {
	chain := func(module string, n int) *types.Package {
		top := types.NewPackage("corp.test/app/cmd", "main")
		for at, i := top, 0; i < n; i++ {
			next := types.NewPackage(fmt.Sprintf("%s/p%d", module, i), "p")
			at.SetImports([]*types.Package{next})
			at = next
		}
		return top
	}
	for _, tt := range []struct {
		module string
		n      int
		want   bool
	}{
		{"corp.test/app", 0, true},
		{"corp.test/app", littleImports, true},
		{"corp.test/app", littleImports + 1, false},
		{"corp.test/app", 100, false},
		{"corp.test/apple", 100, true},
	} {
		if got := isLittle(nil, chain(tt.module, tt.n), "corp.test/app"); got != tt.want {
			t.Errorf("isLittle of what builds on %d packages of %s = %v, want %v", tt.n, tt.module, got, tt.want)
		}
	}
	if !isLittle(nil, chain("corp.test/app", 100), "") {
		t.Error("isLittle without a module = false, want true")
	}
}
