/** What the tests of all modules share: bytes as they stand on the wire, and a watch for leaked buffers. */
package dev.lockstep.tftp.testing;
