/**
 * The base of the black-box suites: the daemon and the client as processes ({@link
 * dev.lockstep.tftp.harness.Daemon}, {@link dev.lockstep.tftp.harness.ClientProcess}) and the peers that
 * exchange bytes with them ({@link dev.lockstep.tftp.harness.RawSocketPeer}, {@link
 * dev.lockstep.tftp.harness.FakeServer}). Of the product, the package uses only the entry points of the commands. Start
 * with {@code RawSocketPeer}.
 */
package dev.lockstep.tftp.harness;
