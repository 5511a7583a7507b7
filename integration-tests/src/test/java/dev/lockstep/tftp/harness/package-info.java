/**
 * What the black-box suites stand on: our two programs as processes ({@link
 * dev.lockstep.tftp.harness.Daemon}, {@link dev.lockstep.tftp.harness.ClientProcess}) and the peers that
 * talk to them in bytes ({@link dev.lockstep.tftp.harness.RawSocketPeer}, {@link
 * dev.lockstep.tftp.harness.FakeServer}). Nothing in here uses the product's classes. Start with {@code
 * RawSocketPeer}.
 */
package dev.lockstep.tftp.harness;
