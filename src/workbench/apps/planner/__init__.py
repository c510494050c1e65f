"""The planner's page: widgets that bind controls to plans; what they show is made by `report`."""
