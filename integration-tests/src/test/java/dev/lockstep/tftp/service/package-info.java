/**
 * The daemon and its environment: probes, service managers, containers, logs. Start with {@code HelloIT}.
 */
package dev.lockstep.tftp.service;
