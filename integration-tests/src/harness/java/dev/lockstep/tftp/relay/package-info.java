/**
 * Network impairment on one machine: a relay that delays, drops, duplicates, reorders, corrupts and truncates the
 * datagrams between clients and a server, with a seed. Start with {@link dev.lockstep.tftp.relay.Relay}. {@link
 * dev.lockstep.tftp.relay.RelayCommand} runs it from the command line.
 */
package dev.lockstep.tftp.relay;
