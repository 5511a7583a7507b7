/**
 * A bad network on one machine: a relay that delays, loses, doubles, reorders, damages and cuts the datagrams between
 * clients and a server, with a seed. Start with {@link dev.lockstep.tftp.relay.Relay}; by hand, with {@link
 * dev.lockstep.tftp.relay.RelayCommand}.
 */
package dev.lockstep.tftp.relay;
