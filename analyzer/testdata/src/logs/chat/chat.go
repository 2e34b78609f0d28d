// Package chat has sessions of talks, which anybody may name.
package chat

import "log"

func talk(sessionID, userSessionID string) {
	log.Print(sessionID)
	log.Print(userSessionID) // want `parameter userSessionID is written`
}

// The access key has no other half here.
func half(accessKey string) { log.Print(accessKey) } // want `parameter accessKey is written`
