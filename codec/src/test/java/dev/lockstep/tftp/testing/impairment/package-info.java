/**
 * Network impairment for tests: the decisions about each datagram, with a seed, without a clock or a socket.
 *
 * <p>Start here: {@link dev.lockstep.tftp.testing.impairment.Impairment}. The tests of the engine apply it in virtual
 * time, the relay of the integration tests to datagrams between programs.
 */
package dev.lockstep.tftp.testing.impairment;
