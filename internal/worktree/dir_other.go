//go:build !linux

package worktree

import "os"

// readDir returns the entries of a folder, in no order, and with an error
// those that were read before it.
func readDir(name string, _ bool, _ *[]byte) ([]entry, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	entries := make([]entry, len(list))
	for i, e := range list {
		entries[i] = entry{e.Name(), e.Type()}
	}
	return entries, err
}
