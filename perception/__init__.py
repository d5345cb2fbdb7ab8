"""Measurements of all devices to tracks, events and statistics. Pure: no I/O, no clock, no threads.

Detections, PointCloud (objects)          one device's words, its own frame
  -> Scan (scan, camera, cluster)         site frame, with covariance; VehicleReport likewise (vehicle)
  -> admission                            late, future, duplicate: counted, not used
  -> association                          likelihoods, gates, one global assignment
  -> population (motion, filter, life, attributes, visibility; rows: table)
  -> Tracks                               fusion: the front door
  -> lanes -> events, statistics          what the tracks do on the road
"""
