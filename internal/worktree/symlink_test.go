package worktree

import "testing"

func TestSymlinks(t *testing.T) {
	tests := []struct {
		name   string
		tree   map[string]string
		paths  []string
		follow bool
		want   []event
	}{
		{"not followed", map[string]string{"a": "1", "l": "-> a", "d/b": "2", "m": "-> d", "gone": "-> none"}, []string{"."}, false,
			[]event{"file a 1", "file d/b 2", "skipped symlink gone", "skipped symlink l", "skipped symlink m"}},
		{"given file", map[string]string{"a": "1", "l": "-> a"}, []string{"l"}, false, []event{"file l 1"}},
		{"given folder", map[string]string{"d/a": "1", "l": "-> d"}, []string{"l"}, false, []event{"file l/a 1"}},
		{"given folder, link within", map[string]string{"d/a": "1", "d/m": "-> a", "l": "-> d"}, []string{"l"}, false,
			[]event{"file l/a 1", "skipped symlink l/m"}},
		{"given, dangling", map[string]string{"l": "-> none"}, []string{"l"}, false, []event{"incomplete unreadable l"}},
		{"given, circular", map[string]string{"l": "-> m", "m": "-> l"}, []string{"l"}, false, []event{"incomplete unreadable l"}},
		{"followed", map[string]string{"a": "1", "l": "-> a", "d/b": "2", "m": "-> d"}, []string{"."}, true,
			[]event{"file a 1", "file d/b 2", "file l 1", "file m/b 2"}},
		{"dangling", map[string]string{"l": "-> none", "z": "1"}, []string{"."}, true, []event{"incomplete unreadable l", "file z 1"}},
		{"to itself", map[string]string{"d/l": "-> .", "d/a": "1"}, []string{"."}, true, []event{"file d/a 1", "skipped symlink d/l"}},
		{"to the top", map[string]string{"d/e/l": "-> ../..", "d/a": "1"}, []string{"."}, true, []event{"file d/a 1", "skipped symlink d/e/l"}},
		{"to one another", map[string]string{"a/l": "-> ../b", "b/l": "-> ../a", "a/x": "1", "b/y": "2"}, []string{"."}, true,
			[]event{"skipped symlink a/l/l", "file a/l/y 2", "file a/x 1", "skipped symlink b/l/l", "file b/l/x 1", "file b/y 2"}},
		{"twice to the same", map[string]string{"d/x": "1", "l": "-> d", "m": "-> d"}, []string{"."}, true,
			[]event{"file d/x 1", "file l/x 1", "skipped symlink m"}},
		{"through a given link", map[string]string{"d/l": "-> .", "d/a": "1", "top": "-> d"}, []string{"top"}, true,
			[]event{"file top/a 1", "skipped symlink top/l"}},
		{"to git's own", map[string]string{"d/c": "1", ".git": "-> d"}, []string{"."}, true, []event{"skipped git-dir .git", "file d/c 1"}},
	}
	for _, tt := range tests {
		writeTree(t, tt.tree)
		compare(t, tt.name, scanAll(t, tt.paths, Options{FollowSymlinks: tt.follow}), tt.want)
	}
}

// Links to one another do not multiply.
func TestSymlinkMaze(t *testing.T) {
	tree := make(map[string]string)
	for a := 'a'; a < 'j'; a++ {
		for b := 'a'; b < 'j'; b++ {
			tree[string(a)+"/to-"+string(b)] = "-> ../" + string(b)
		}
		tree[string(a)+"/x"] = "1"
	}
	writeTree(t, tree)
	if got := len(scanAll(t, []string{"."}, Options{FollowSymlinks: true})); got > 1000 {
		t.Errorf("a maze of 81 links gives %d events, want few", got)
	}
}
