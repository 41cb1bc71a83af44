package storagetest

import "io"

// launch does not start a server on Windows; set EVANGELIST_TEST_PG there.
func launch() (string, io.Closer, error) { return "", nil, errNoServer }
