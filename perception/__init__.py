"""Measurements of all devices to tracks, events and statistics. Pure: no I/O, no clock, no threads.

Detections, PointCloud (objects)   one device's words, its own frame
  -> sensing                       window: late, future, duplicate; scan, camera, cluster: site frame, with covariance
  -> tracking                      fusion: the front door; association; population (motion, filter, life, attributes)
     occlusion                     who hides whom: what not being seen means, where hidden road users are
  -> traffic                       lanes, movements, statistics: what the tracks do on the road
  -> events                        one module a rule
"""
