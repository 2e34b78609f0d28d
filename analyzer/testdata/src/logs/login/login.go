// Package login has sessions of people.
package login

import "log"

func session(sessionID string) { log.Print(sessionID) } // want `parameter sessionID is written`
