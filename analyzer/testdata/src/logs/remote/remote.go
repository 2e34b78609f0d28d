// Package remote serves procedures, whose sessions are not those of browsers.
package remote

import (
	"log"

	"google.golang.org/grpc/metadata"
)

func dispatch(sessionID, sessionToken string, md metadata.MD) {
	log.Print(sessionID)
	log.Print(sessionToken) // want `parameter sessionToken`
}
