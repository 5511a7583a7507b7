/**
 * Raw datagrams for tests of all modules. The rest of this package, which runs programs, is in {@code
 * integration-tests}.
 *
 * <p>Start here: {@link dev.lockstep.tftp.harness.RawSocketPeer}, and {@link dev.lockstep.tftp.harness.Bytes} for the
 * datagrams that it sends and expects.
 */
package dev.lockstep.tftp.harness;
