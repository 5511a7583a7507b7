/**
 * The daemon among those who run and watch it: probes, service managers, containers, logs. Start with {@code HelloIT}.
 */
package dev.lockstep.tftp.service;
