//go:build !windows

package repo

import (
	"errors"
	"syscall"
)

// isNotDir reports whether err says that a parent of the path is no folder.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
